/** From what was written to a scenario with every default filled in, checked against the host and against itself. */
import { policyTypeOf } from '../policies.ts';
import { checkEnd } from './checks.ts';
import { MAX_INVENTED_VCPUS, MAX_VCPUS } from './limits.ts';
import { resolveEvents } from './resolve-events.ts';
import { resolvePcpus, type ScenarioHost } from './resolve-pcpus.ts';
import { resolveScheduler } from './resolve-scheduler.ts';
import { pcpusOf, resolveTopology } from './resolve-topology.ts';
import { resolveVm } from './resolve-vm.ts';
import type { Scenario, VmSpec } from './scenario.ts';
import { scenarioFileSchema } from './schema.ts';
import type { Source } from './source.ts';
import { Stage } from './stage.ts';
import { describeValue, mistake, validate } from './validate.ts';

/**
 * Validate a source and fill in all defaults.
 * @throws LabError BAD_SCENARIO or BAD_WORKLOAD with the place of the first mistake
 */
export function resolveScenario(source: Source, host: ScenarioHost): Scenario {
  const input = validate(scenarioFileSchema(), source);
  const pcpus =
    input.topology !== undefined && input.pcpus === undefined
      ? [...Array(pcpusOf(input.topology, source, host)).keys()]
      : resolvePcpus(input.pcpus, source, host);
  const topology = resolveTopology(input.topology, pcpus, source, host);
  const scheduler = resolveScheduler(input.scheduler ?? {}, source);
  const policy = policyTypeOf(scheduler.type);
  const durationNs = input.duration ?? null;
  const inputs = input.events ?? [];
  const isEmpty = input.vms.length === 0 && inputs.every(({ create }) => create === undefined);
  if (isEmpty && host.isLive !== true) {
    throw mistake(source.locate(['vms']), 'there are no VMs', {
      expected: 'at least one VM',
      got: 'an empty list',
    });
  }
  const first = input.vms.map((vm, index) =>
    resolveVm(vm, { policy, pcpus, durationNs }, { path: ['vms', index], source }),
  );
  checkNames(first, source);
  const mostVcpus = mostVcpusOf(host);
  checkVcpuTotal(first, mostVcpus, source);
  const stage = new Stage({ pcpus, durationNs, scheduler, vms: first });
  const events = resolveEvents(inputs, stage, mostVcpus, source);
  const vms = stage.lives.map(({ vm }) => vm);
  if (durationNs === null && host.isLive !== true) checkEnd(vms, events, source);
  return {
    name: input.name ?? source.defaultName,
    ...(input.description === undefined ? {} : { description: input.description.trim() }),
    pcpus,
    ...(topology === undefined ? {} : { topology }),
    durationNs,
    seed: input.seed ?? 1,
    scheduler,
    vms,
    events: events.map(({ event }) => event),
  };
}

/** vCPUs at most, in all VMs together. */
export function mostVcpusOf(host: Pick<ScenarioHost, 'invented'>): number {
  return host.invented === true ? MAX_INVENTED_VCPUS : MAX_VCPUS;
}

function checkNames(vms: readonly VmSpec[], source: Source): void {
  const seen = new Set<string>();
  for (const [index, vm] of vms.entries()) {
    if (seen.has(vm.name)) {
      throw mistake(source.locate(['vms', index, 'name']), 'two VMs have the same name', {
        expected: 'unique names',
        got: `${describeValue(vm.name)} twice`,
      });
    }
    seen.add(vm.name);
  }
}

function checkVcpuTotal(vms: readonly VmSpec[], most: number, source: Source): void {
  let total = 0;
  for (const [index, vm] of vms.entries()) {
    total += vm.vcpus;
    if (total <= most) continue;
    throw mistake(source.locate(['vms', index, 'vcpus']), 'too many vCPUs', {
      expected: `at most ${String(most)} in all VMs together`,
      got: String(vms.reduce((sum, each) => sum + each.vcpus, 0)),
    });
  }
}
