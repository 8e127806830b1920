import type { HostState } from '../../control/state.ts';
import { commandValue } from '../model/parameter-text.ts';
import type { Page } from './page.ts';
import { ParameterControl } from './parameter-control.tsx';

/** The policy's own parameters, whatever they are. */
export function Scheduler({ page: { model }, state }: { readonly page: Page; readonly state: HostState }) {
  const { scheduler, parameters } = state;
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
    </section>
  );
}
