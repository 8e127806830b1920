/**
 * Slices that threads ask an EEVDF kernel for (Linux 6.12). A thread with a shorter slice preempts one with a longer
 * slice as soon as it wakes; shares of the core are not affected. Older kernels don't take the wish, and their default
 * serves.
 */

/** As short as it gets: the hypervisor thread is to run when its timer says so. */
export const HYPERVISOR_SLICE_NS = 100e3;

/** Several times the default (3 ms): the hypervisor and the user's other programs preempt a vCPU at once. */
export const VCPU_SLICE_NS = 20e6;
