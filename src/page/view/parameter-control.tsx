/** A knob: slider, field and, for weights, steps. It is made from what the policy declares of the parameter. */
import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Parameter } from '../../core/policy-type.ts';
import { fieldText, rangeText, readField, valueText } from '../model/parameter-text.ts';
import { POSITIONS, scaleOf } from '../model/scale.ts';
import type { Wish } from '../model/wish.ts';
import { Problem } from './problem.tsx';

export interface ParameterControlProps {
  readonly parameter: Parameter;
  /** what the host has */
  readonly value: number;
  readonly vcpuCount?: number;
  readonly wish: Wish<number | string>;
  /** unique in the page */
  readonly id: string;
  /** whose it is, for those who hear the page: `A` */
  readonly of: string;
  readonly isEnabled: ReadonlySignal<boolean>;
  readonly isReader: ReadonlySignal<boolean>;
}

/** Qubes' steps: a half, normal, double and four times. */
const STEPS = [
  { factor: 0.5, name: 'half' },
  { factor: 1, name: 'normal' },
  { factor: 2, name: 'double' },
  { factor: 4, name: 'four times' },
] as const;

export function ParameterControl(props: ParameterControlProps) {
  const { parameter, value, vcpuCount = 1, wish, id, of, isEnabled, isReader } = props;
  const draft = useSignal<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const shown = wish.own.value?.value ?? value;
  const number = typeof shown === 'number' ? shown : value;
  const scale = scaleOf(parameter, vcpuCount);
  const label = parameter.key;
  const words = valueText(parameter, number);
  const written = draft.value ?? fieldText(parameter, shown);
  // What is written next takes the place of a value that was sent, or refused.
  useEffect(() => {
    if (draft.value === null && document.activeElement === field.current) field.current?.select();
  }, [written, wish.error.value]);
  const isOff = !isEnabled.value || !parameter.isTunable;
  if (isReader.value || !parameter.isTunable) {
    return (
      <div class="knob">
        <span class="knob-name" title={parameter.description}>
          {label}
        </span>
        <output class="knob-value">{words}</output>
      </div>
    );
  }
  if (parameter.unit === 'flag') {
    return (
      <div class="knob">
        <label class="knob-name" for={id} title={parameter.description}>
          {label}
        </label>
        <input
          id={id}
          type="checkbox"
          checked={number !== 0}
          disabled={isOff}
          aria-label={`${label} of ${of}`}
          onChange={(event) => {
            wish.set(event.currentTarget.checked ? 1 : 0);
          }}
        />
        <Problem refused={wish.error.value} id={`${id}-problem`} />
      </div>
    );
  }
  const commit = (text: string): void => {
    draft.value = null;
    const read = readField(parameter, text);
    if (read !== shown) wish.set(read);
  };
  const turn = (event: KeyboardEvent): void => {
    const direction = DIRECTIONS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    if (direction === 'least') wish.set(scale.least);
    else if (direction === 'greatest') wish.set(scale.greatest);
    else if (direction.isLeap) wish.set(scale.leap(number, direction.to));
    else wish.set(scale.next(number, direction.to));
  };
  const step = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') draft.value = null;
    if (event.key === 'Enter') commit((event.currentTarget as HTMLInputElement).value);
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      draft.value = null;
      turn(event);
    }
  };
  const steps = stepsOf(parameter);
  return (
    <div class="knob">
      <label
        class="knob-name"
        for={`${id}-field`}
        title={`${parameter.description}: ${rangeText(parameter, vcpuCount)}`}
      >
        {label}
      </label>
      <input
        class="slider"
        id={id}
        type="range"
        min={0}
        max={POSITIONS}
        value={scale.positionOf(number)}
        disabled={isOff}
        aria-label={`${label} of ${of}`}
        aria-valuetext={words}
        style={{ '--at': `${String((scale.positionOf(number) / POSITIONS) * 100)}%` }}
        onPointerDown={() => {
          wish.hold(number);
        }}
        onPointerUp={() => {
          wish.release();
        }}
        onPointerCancel={() => {
          wish.release();
        }}
        onBlur={() => {
          wish.release();
        }}
        onInput={(event) => {
          wish.set(scale.valueAt(Number(event.currentTarget.value)));
        }}
        onKeyDown={turn}
      />
      <input
        class="field"
        id={`${id}-field`}
        type="text"
        inputMode={parameter.unit === 'time' ? 'text' : 'numeric'}
        autocomplete="off"
        spellcheck={false}
        ref={field}
        value={written}
        disabled={isOff}
        aria-describedby={wish.error.value === null ? undefined : `${id}-problem`}
        aria-invalid={wish.error.value !== null}
        onInput={(event) => {
          draft.value = event.currentTarget.value;
        }}
        onFocus={(event) => {
          event.currentTarget.select();
        }}
        onBlur={(event) => {
          if (draft.value !== null) commit(event.currentTarget.value);
        }}
        onKeyDown={step}
      />
      {steps.length > 0 && (
        <div class="steps" role="group" aria-label={`steps of ${label} of ${of}`}>
          {steps.map(({ value: to, name }) => (
            <button
              key={name}
              type="button"
              title={`${name}: ${String(to)}`}
              aria-pressed={number === to}
              disabled={isOff}
              onClick={() => {
                wish.set(to);
              }}
            >
              {to}
            </button>
          ))}
        </div>
      )}
      <Problem refused={wish.error.value} id={`${id}-problem`} />
    </div>
  );
}

/** Only for what is relative to a usual value. */
function stepsOf({
  unit,
  min,
  max,
  default: usual,
}: Parameter): { readonly name: string; readonly value: number }[] {
  if (unit !== 'number' || min <= 0 || max / min < 1000) return [];
  return STEPS.map(({ factor, name }) => ({ name, value: usual * factor })).filter(
    ({ value }) => Number.isInteger(value) && value >= min && value <= max,
  );
}

interface Turn {
  readonly to: 1 | -1;
  readonly isLeap: boolean;
}

const DIRECTIONS: Readonly<Record<string, Turn | 'least' | 'greatest' | undefined>> = {
  ArrowUp: { to: 1, isLeap: false },
  ArrowRight: { to: 1, isLeap: false },
  ArrowDown: { to: -1, isLeap: false },
  ArrowLeft: { to: -1, isLeap: false },
  PageUp: { to: 1, isLeap: true },
  PageDown: { to: -1, isLeap: true },
  Home: 'least',
  End: 'greatest',
};
