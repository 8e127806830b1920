/** Bounds of a scenario. Those of weight, cap, slice and rate limit are Xen's own. */
export const MAX_WEIGHT = 65535;
/** On real cores: as many as native/gate.h has room for. */
export const MAX_PCPUS = 64;
export const MAX_VCPUS = 1024;
/** In virtual time. CPU numbers end at 65535. */
export const MAX_INVENTED_PCPUS = 65_536;
export const MAX_INVENTED_VCPUS = 2 ** 20;
/** Linux cuts a thread's name after 15 characters, and `NAME/v0` must stay readable in top and perf. */
export const MAX_THREAD_NAME = 15;
export const MAX_NAME = MAX_THREAD_NAME - '/v0'.length;
export const MAX_SEED = 2 ** 32 - 1;
export const MAX_SIZE = 2 ** 31 - 1;

export const MIN_TSLICE_NS = 1e6;
export const MAX_TSLICE_NS = 1000e6;
export const MIN_RATELIMIT_NS = 100e3;
export const MAX_RATELIMIT_NS = 500e6;
export const MAX_LB_RATELIMIT_NS = 1e9;
export const MAX_MIGRATION_DELAY_NS = 100e6;
