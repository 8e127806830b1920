/** A VM: what it gets beside what it is entitled to, its knobs, its vCPUs. */
import { looksOf } from '../../report/html/viewer/theme.js';
import type { VmState } from '../../control/state.ts';
import { commandValue } from '../model/parameter-text.ts';
import { scaleTop } from '../model/shares.ts';
import { Handles } from './handles.tsx';
import type { Page, VmProps } from './page.ts';
import { ParameterControl } from './parameter-control.tsx';
import { Vcpus } from './vcpus.tsx';

export function VmCard({ page, state, vm }: VmProps) {
  const { model } = page;
  const { color } = looksOf({ vm: model.colorOf(vm), index: 0 });
  return (
    <article class={`card vm vm-${String(color)}`} aria-label={`VM ${vm.name}`} data-vm={vm.name}>
      <header class="vm-head">
        <h3>{vm.name}</h3>
        <span class={`phase phase-${phaseOf(vm)}`}>{phaseOf(vm)}</span>
        <Share page={page} vm={vm} />
      </header>
      <div class="knobs">
        {state.parameters.vm.map((parameter) => (
          <ParameterControl
            key={parameter.key}
            parameter={parameter}
            value={vm.parameters[parameter.field] ?? parameter.default}
            vcpuCount={vm.vcpus.length}
            wish={model.wish<number | string>(`vm${String(vm.id)}/${parameter.key}`, (value) => ({
              command: 'set',
              vm: vm.name,
              [parameter.key]: commandValue(parameter, value),
            }))}
            id={`vm${String(vm.id)}-${parameter.key}`}
            of={vm.name}
            isEnabled={model.canCommand}
            isReader={model.isReader}
          />
        ))}
      </div>
      <Vcpus state={state} vm={vm} />
      <Handles page={page} state={state} vm={vm} />
    </article>
  );
}

/** Ten times a second: what it gets, as a number and as a bar with a notch where it should be. */
function Share({ page: { model }, vm }: { readonly page: Page; readonly vm: VmState }) {
  void model.sample.value;
  const latest = model.shares.latest(vm.id);
  const measured = Number.isNaN(latest) ? vm.sharePercent : latest;
  const top = scaleTop(Math.max(model.shares.highest(), measured));
  const { entitledPercent } = vm;
  return (
    <>
      <p class="share">
        <output class="measured" aria-live="off" aria-label={`share of ${vm.name}, percent`}>
          {measured.toFixed(1)}
        </output>
        <span class="of" title="what weight and cap entitle it to now, in percent of one pCPU">
          {entitledPercent === null ? '%' : `of ${entitledPercent.toFixed(1)} %`}
        </span>
      </p>
      <div class="bar" aria-hidden="true">
        <div class="bar-fill" style={{ width: `${String(Math.min(100, (measured / top) * 100))}%` }} />
        {entitledPercent !== null && (
          <div class="bar-notch" style={{ left: `${String((entitledPercent / top) * 100)}%` }} />
        )}
      </div>
    </>
  );
}

/** All its vCPUs parked is worth more than `running`. */
function phaseOf({ phase, vcpus }: VmState): string {
  return phase === 'running' && vcpus.every(({ activity }) => activity === 'parked') ? 'parked' : phase;
}
