import { useSignal } from '@preact/signals';
import type { HostState } from '../../control/state.ts';
import { commandValue } from '../model/parameter-text.ts';
import type { Page } from './page.ts';
import { ParameterControl } from './parameter-control.tsx';
import { Problem } from './problem.tsx';
import { useCommand } from './use-command.ts';

/** The policy's own parameters, whatever they are. */
export function Scheduler({ page, state }: { readonly page: Page; readonly state: HostState }) {
  const { model } = page;
  const { scheduler, parameters, schedulers } = state;
  return (
    <section class="card scheduler detail" aria-labelledby="scheduler-title">
      <h2 id="scheduler-title">Scheduler: {scheduler.type}</h2>
      <div class="knobs">
        {parameters.scheduler.map((parameter) => (
          <ParameterControl
            key={parameter.key}
            parameter={parameter}
            value={scheduler.parameters[parameter.field] ?? parameter.default}
            wish={model.wish<number | string>(`host/${parameter.key}`, (value) => ({
              command: 'tune',
              scheduler: { [parameter.key]: commandValue(parameter, value) },
            }))}
            id={`scheduler-${parameter.key}`}
            of="the scheduler"
            isEnabled={model.canCommand}
            isReader={model.isReader}
          />
        ))}
      </div>
      {schedulers.length > 0 && !model.isReader.value && <Rerun page={page} state={state} />}
    </section>
  );
}

/** The same VMs from the beginning, under another scheduler. */
function Rerun({ page: { model }, state }: { readonly page: Page; readonly state: HostState }) {
  const { error, isUnderWay, give } = useCommand(model);
  const chosen = useSignal(state.scheduler.type);
  return (
    <>
      <form
        class="rerun"
        onSubmit={(event) => {
          event.preventDefault();
          void give({ command: 'rerun', scheduler: { type: chosen.value } });
        }}
      >
        <label>
          <span>the same VMs again under</span>
          <select
            id="rerun-scheduler"
            value={chosen.value}
            onChange={(event) => {
              chosen.value = event.currentTarget.value;
            }}
          >
            {state.schedulers.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
        </label>
        <button
          type="submit"
          disabled={!model.canCommand.value || isUnderWay.value}
          title="this run ends, and the next one begins"
        >
          Run again
        </button>
      </form>
      <Problem refused={error.value} />
    </>
  );
}
