import { useSignal } from '@preact/signals';
import type { HostState } from '../../control/state.ts';
import { commandValue, rangeText, readField } from '../model/parameter-text.ts';
import type { Page } from './page.ts';
import { Problem } from './problem.tsx';
import { useCommand } from './use-command.ts';

/** A new VM. What is left empty has its default. */
export function AddVm({ page: { model }, state }: { readonly page: Page; readonly state: HostState }) {
  const { error, isUnderWay, give } = useCommand(model);
  const name = useSignal('');
  if (model.isReader.value) return null;
  const suggested = freeName(state);
  const tunable = state.parameters.vm;
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const entries = new FormData(form);
    const text = (key: string): string => {
      const entry = entries.get(key);
      return typeof entry === 'string' ? entry.trim() : '';
    };
    const values = tunable.flatMap((parameter) => {
      const written = text(parameter.key);
      return written === ''
        ? []
        : [[parameter.key, commandValue(parameter, readField(parameter, written))] as const];
    });
    const vcpus = text('vcpus');
    const change = await give({
      command: 'create',
      vm: {
        name: text('name') === '' ? suggested : text('name'),
        ...(vcpus !== '' && { vcpus: /^\d+$/.test(vcpus) ? Number(vcpus) : vcpus }),
        ...Object.fromEntries(values),
        workload: text('workload'),
      },
    });
    if (change !== null) {
      form.reset();
      name.value = '';
    }
  };
  return (
    <section class="card add detail" aria-labelledby="add-title">
      <h2 id="add-title">Add a VM</h2>
      <form onSubmit={(event) => void submit(event)}>
        <label>
          <span>name</span>
          <input
            id="add-name"
            name="name"
            type="text"
            autocomplete="off"
            spellcheck={false}
            placeholder={suggested}
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
        <label>
          <span>vCPUs</span>
          <input name="vcpus" type="text" inputMode="numeric" autocomplete="off" placeholder="1" />
        </label>
        {tunable.map((parameter) => (
          <label key={parameter.key} title={`${parameter.description}: ${rangeText(parameter)}`}>
            <span>{parameter.key}</span>
            <input
              name={parameter.key}
              type="text"
              autocomplete="off"
              placeholder={String(parameter.default)}
            />
          </label>
        ))}
        <label>
          <span>workload</span>
          <select name="workload">
            {state.workloads.map((workload) => (
              <option key={workload}>{workload}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary" disabled={!model.canCommand.value || isUnderWay.value}>
          {isUnderWay.value ? 'Preparing …' : 'Add'}
        </button>
      </form>
      <Problem refused={error.value} />
    </section>
  );
}

/** The first letter that no VM is called after, those that are gone included: a name in the timeline stays one VM's. */
function freeName({ vms }: HostState): string {
  const taken = new Set(vms.map(({ name }) => name));
  for (let number = 0; ; number++) {
    const name =
      String.fromCharCode(65 + (number % 26)) + (number < 26 ? '' : String(Math.floor(number / 26)));
    if (!taken.has(name)) return name;
  }
}
