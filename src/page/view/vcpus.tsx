/** The vCPUs of a VM: what each does, and what the policy reads of it: credit and priority, say. */
import type { Reading } from '../../core/policy-terms.ts';
import type { HostState, VmState } from '../../control/state.ts';

export function Vcpus({ state, vm }: { readonly state: HostState; readonly vm: VmState }) {
  const { vcpuReadings } = state.terms;
  return (
    <ul class="vcpus detail" aria-label={`vCPUs of ${vm.name}`}>
      {vm.vcpus.map(({ id, activity, pcpu, readings }) => (
        <li key={id}>
          <span class="vcpu-name">{id.slice(id.indexOf('/') + 1)}</span>
          <span class={`activity activity-${activity}`}>
            {activity}
            {activity === 'running' && ` on ${String(state.pcpus[pcpu]?.cpu ?? pcpu)}`}
          </span>
          {/* The policy doesn't know yet what hasn't started. */}
          {vcpuReadings.slice(0, readings.length).map((reading, i) => (
            <ReadingView key={reading.key} reading={reading} value={readings[i]} state={state} index={i} />
          ))}
        </li>
      ))}
    </ul>
  );
}

interface ReadingProps {
  readonly reading: Reading;
  readonly value: number;
  readonly state: HostState;
  readonly index: number;
}

function ReadingView({ reading, value, state, index }: ReadingProps) {
  const title = `${reading.key}: ${reading.description}`;
  if (reading.kind === 'class') {
    const name = reading.classes?.find((each) => each.value === value)?.name ?? String(value);
    return (
      <span class="reading-class" title={title}>
        {name}
      </span>
    );
  }
  // What is far for one is far for all: they share a scale.
  // Of one or two bars everybody knows which is which.
  const isOneOfMany = state.terms.vcpuReadings.length > 2;
  const all = state.vms.flatMap(({ vcpus }) => vcpus.map(({ readings }) => Math.abs(readings[index] ?? 0)));
  const part = Math.abs(value) / Math.max(1, ...all);
  const half = state.terms.vcpuReadings[index].initial === 0 ? 50 : 0;
  const from = value < 0 ? half - part * half : half;
  return (
    <span class="reading-level" title={title}>
      {isOneOfMany && <span class="reading-key">{reading.key}</span>}
      <span class="reading-bar" aria-hidden="true">
        <span
          class="reading-fill"
          style={{ left: `${String(from)}%`, width: `${String(part * (100 - half))}%` }}
        />
      </span>
      <span class="reading-number">{textOf(reading, value)}</span>
    </span>
  );
}

/** Times are told in ns and shown in ms. */
function textOf({ unit }: Reading, value: number): string {
  if (unit === 'ms') return `${(value / 1e6).toFixed(1)} ms`;
  const text = Number.isInteger(value) ? String(value) : value.toFixed(1);
  return `${text.replace('-', '−')} ${unit}`.trimEnd();
}
