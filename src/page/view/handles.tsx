/** What is done to a VM besides its parameters: pause, workload, pins, destroy. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { VcpuState } from '../../control/state.ts';
import { Problem } from './problem.tsx';
import { useCommand } from './use-command.ts';
import type { VmProps } from './page.ts';

export function Handles({ page, state, vm }: VmProps) {
  const { model } = page;
  const isOpen = useSignal(false);
  const pause = model.wish<boolean>(`vm${String(vm.id)}/pause`, (isPaused) => ({
    command: isPaused ? 'pause' : 'unpause',
    vm: vm.name,
  }));
  if (model.isReader.value) return <p class="quiet detail">computes {vm.workload.spec}</p>;
  const isPaused = pause.own.value?.value ?? vm.phase === 'paused';
  const isOff = !model.canCommand.value;
  return (
    <>
      <div class="handles">
        <button
          type="button"
          class="pause"
          disabled={isOff || (vm.phase !== 'running' && vm.phase !== 'paused')}
          onClick={() => {
            pause.set(!isPaused);
          }}
        >
          {isPaused ? 'Unpause' : 'Pause'}
        </button>
        <button
          type="button"
          class="plain detail"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {isOpen.value ? 'Less' : 'Workload, pins, destroy'}
        </button>
      </div>
      <Problem refused={pause.error.value} />
      {isOpen.value && (
        <div class="more detail">
          <Workload page={page} state={state} vm={vm} />
          {vm.vcpus.map((vcpu, index) => (
            <Pins key={vcpu.id} page={page} state={state} vm={vm} vcpu={vcpu} index={index} />
          ))}
          <Destroy page={page} state={state} vm={vm} />
        </div>
      )}
    </>
  );
}

function Workload({ page: { model }, state, vm }: VmProps) {
  const id = `vm${String(vm.id)}-workload`;
  const wish = model.wish<string>(`vm${String(vm.id)}/workload`, (workload) => ({
    command: 'workload',
    vm: vm.name,
    workload,
  }));
  const shown = wish.own.value?.value ?? vm.workload.spec;
  // A module of one's own isn't in the list, and is what it computes all the same.
  const names = state.workloads.includes(shown) ? state.workloads : [shown, ...state.workloads];
  return (
    <div class="row">
      <label for={id}>workload</label>
      <select
        id={id}
        value={shown}
        disabled={!model.canCommand.value}
        onChange={(event) => {
          wish.set(event.currentTarget.value);
        }}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <Problem refused={wish.error.value} />
    </div>
  );
}

interface PinsProps extends VmProps {
  readonly vcpu: VcpuState;
  readonly index: number;
}

/** Check boxes; all of them is no pin. */
function Pins({ page: { model }, state, vm, vcpu, index }: PinsProps) {
  const all = state.pcpus.map(({ cpu }) => cpu);
  const wish = model.wish<readonly number[]>(`vm${String(vm.id)}/pin/${String(index)}`, (cpus) => ({
    command: 'pin',
    vm: vm.name,
    vcpu: index,
    pin: all.every((cpu) => cpus.includes(cpu)) ? 'all' : cpus,
  }));
  const shown = wish.own.value?.value ?? vcpu.pin ?? all;
  return (
    <fieldset class="row pins">
      <legend>{vcpu.id} may run on</legend>
      {all.map((cpu) => (
        <label key={cpu}>
          <input
            type="checkbox"
            checked={shown.includes(cpu)}
            // It must run somewhere.
            disabled={!model.canCommand.value || (shown.length === 1 && shown[0] === cpu)}
            onChange={(event) => {
              const isOn = event.currentTarget.checked;
              wish.set(all.filter((each) => (each === cpu ? isOn : shown.includes(each))));
            }}
          />
          CPU {cpu}
        </label>
      ))}
      <Problem refused={wish.error.value} />
    </fieldset>
  );
}

/** How long the second click is waited for. */
const SURE_MS = 5000;

function Destroy({ page: { model }, vm }: VmProps) {
  const { error, isUnderWay, give } = useCommand(model);
  const isAsked = useSignal(false);
  useEffect(() => {
    if (!isAsked.value) return;
    const timer = setTimeout(() => {
      isAsked.value = false;
    }, SURE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isAsked.value]);
  return (
    <div class="row">
      <button
        type="button"
        class={isAsked.value ? 'danger' : ''}
        disabled={!model.canCommand.value || isUnderWay.value}
        onClick={() => {
          if (isAsked.value) void give({ command: 'destroy', vm: vm.name });
          isAsked.value = !isAsked.value;
        }}
      >
        {isAsked.value ? `Really destroy ${vm.name}?` : 'Destroy'}
      </button>
      <Problem refused={error.value} />
    </div>
  );
}
