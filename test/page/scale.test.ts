import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Parameter } from '../../src/core/policy-type.ts';
import { POLICY_TYPES, policyTypeOf } from '../../src/policies.ts';
import {
  commandValue,
  fieldText,
  rangeText,
  readField,
  timeText,
  valueText,
} from '../../src/page/model/parameter-text.ts';
import { POSITIONS, scaleOf } from '../../src/page/model/scale.ts';
import { parseDuration } from '../../src/scenario/duration.ts';

const { parameters, vmParameters } = policyTypeOf('credit');
const find = (list: readonly Parameter[], key: string): Parameter =>
  list.find((each) => each.key === key) ?? assert.fail(key);
const weight = find(vmParameters, 'weight');
const cap = find(vmParameters, 'cap');
const ratelimit = find(parameters, 'ratelimit');
const tslice = find(parameters, 'tslice');
const all = POLICY_TYPES.flatMap((type) => [...type.parameters, ...type.vmParameters]).filter(
  ({ scope = 'scenario', unit }) => scope === 'scenario' && unit !== 'flag' && unit !== 'choice',
);

/** Flags have a box to tick. */
const withSlider = all.filter(({ unit }) => unit !== 'flag');

describe('a slider', () => {
  it('has weights by powers: 256 lies in the middle of 1 and 65535', () => {
    const scale = scaleOf(weight);
    assert.equal(scale.positionOf(1), 0);
    assert.equal(scale.positionOf(65_535), POSITIONS);
    assert.equal(scale.positionOf(256), 500);
    assert.equal(scale.valueAt(500), 256);
    assert.equal(scale.valueAt(503), 256, 'the usual value is easy to hit');
  });

  it('has caps evenly, up to 100 per vCPU; at its left end there is none', () => {
    assert.equal(scaleOf(cap).valueAt(POSITIONS), 100);
    assert.equal(scaleOf(cap, 3).valueAt(POSITIONS), 300);
    assert.equal(scaleOf(cap).valueAt(500), 50);
    assert.equal(scaleOf(cap).valueAt(0), 0);
  });

  it('has a place of its own for 0 beside powers: no rate limit', () => {
    const scale = scaleOf(ratelimit);
    assert.equal(scale.valueAt(0), 0);
    assert.equal(scale.positionOf(0), 0);
    assert.equal(scale.valueAt(POSITIONS), 500e6);
    assert.equal(scale.next(0, 1), 100e3);
    assert.equal(scale.next(100e3, -1), 0);
  });

  for (const parameter of withSlider)
    it(`of ${parameter.key} gives only what the parameter takes, and shows it where it is`, () => {
      const scale = scaleOf(parameter, 2);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: POSITIONS }), (position) => {
          const value = scale.valueAt(position);
          const isZero = value === 0 && parameter.zero !== undefined;
          assert.ok(isZero || (value >= parameter.min && value <= scale.greatest), String(value));
          assert.equal(Math.abs(value % (parameter.step ?? 1)), 0);
          if (value === 0 && parameter.min >= 0) {
            assert.ok(position < 25);
            return;
          }
          // As near as whole values are; the usual one takes the place of its neighbours.
          const unit = Math.max(parameter.step ?? 1, Math.abs(value) * 0.06);
          assert.ok(scale.positionOf(value - unit) <= position, String(value));
          assert.ok(scale.positionOf(value + unit) >= position || value === scale.greatest, String(value));
        }),
      );
    });

  for (const parameter of withSlider)
    it(`of ${parameter.key} gets from end to end with arrow keys, each of which changes it`, () => {
      const scale = scaleOf(parameter);
      for (const direction of [1, -1] as const) {
        let value = direction > 0 ? scale.least : scale.greatest;
        const end = direction > 0 ? scale.greatest : scale.least;
        for (let presses = 0; value !== end; presses++) {
          const next = scale.next(value, direction);
          assert.ok((next - value) * direction > 0, `from ${String(value)}`);
          assert.ok(presses < 2500);
          value = next;
        }
      }
    });

  it('doubles and halves a weight with page keys', () => {
    assert.equal(scaleOf(weight).leap(256, 1), 512);
    assert.equal(scaleOf(weight).leap(512, 1), 1024);
    assert.equal(scaleOf(weight).leap(256, -1), 128);
    assert.equal(scaleOf(weight).leap(65_535, 1), 65_535);
  });
});

describe('a value', () => {
  it('is shown with its unit', () => {
    assert.equal(valueText(weight, 256), '256');
    assert.equal(valueText(cap, 50), '50 %');
    assert.equal(valueText(cap, 0), 'no cap');
    assert.equal(valueText(tslice, 30e6), '30 ms');
    assert.equal(valueText(ratelimit, 0), 'off');
    assert.equal(rangeText(cap, 2), '1 % to 200 %; 0: no cap');
    assert.equal(rangeText(ratelimit), '100 µs to 500 ms; 0: off');
  });

  it('is read as it is shown, and as scenario files have it', () => {
    for (const parameter of withSlider)
      for (const value of [parameter.default, parameter.max])
        assert.equal(readField(parameter, fieldText(parameter, value)), value, parameter.key);
    assert.equal(readField(tslice, '5ms'), 5e6);
    assert.equal(readField(ratelimit, '500 us'), 500e3);
    assert.equal(readField(cap, ' 50 % '), 50);
    assert.equal(readField(cap, 'no cap'), 0);
  });

  it('of a flag is true or false', () => {
    const flag: Parameter = {
      ...{ key: 'extra', field: 'extra', unit: 'flag', min: 0, max: 1, default: 1 },
      ...{ description: 'More', isTunable: true },
    };
    assert.equal(valueText(flag, 1), 'true');
    assert.equal(rangeText(flag), 'true or false');
    for (const text of ['true', ' yes ', '1']) assert.equal(readField(flag, text), 1);
    for (const text of ['false', 'no', '0']) assert.equal(readField(flag, text), 0);
    assert.equal(readField(flag, 'perhaps'), 'perhaps');
    assert.equal(commandValue(flag, 1), true);
    assert.equal(commandValue(flag, 0), false);
    assert.equal(commandValue(flag, 'perhaps'), 'perhaps');
  });

  it('of a choice is its name', () => {
    const choice: Parameter = {
      ...{
        key: 'side',
        field: 'side',
        unit: 'choice',
        choices: ['left', 'right'],
        min: 0,
        max: 1,
        default: 0,
      },
      ...{ description: 'Which one', isTunable: false },
    };
    assert.equal(valueText(choice, 1), 'right');
    assert.equal(rangeText(choice), 'left, right');
  });

  it("that isn't understood stays as it was written, for the host to say what is wrong", () => {
    for (const text of ['12abc', '1.5', '', '-3', '50 %']) assert.equal(readField(weight, text), text.trim());
    for (const text of ['5', '5 parsecs', 'ms']) assert.equal(readField(tslice, text), text);
    assert.equal(commandValue(tslice, '5 parsecs'), '5 parsecs');
  });

  it('of a time is told exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400_000_000_000 }), (ns) => {
        assert.deepEqual(parseDuration(timeText(ns)), { ok: true, value: ns });
        assert.deepEqual(parseDuration(commandValue(tslice, ns)), { ok: true, value: ns });
      }),
    );
    assert.equal(timeText(1_500_000), '1.5 ms');
  });
});
