/** Bounds of a scenario. Those of a policy's parameters stand where the policy declares them. */
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
/** A line in a table or beside a picture. */
export const MAX_MARK = 200;
