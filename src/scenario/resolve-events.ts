import { formatDuration } from './duration.ts';
import { commandOf } from './event-command.ts';
import { resolveCommand } from './resolve-command.ts';
import type { ScenarioEvent } from './scenario.ts';
import type { EventInput } from './schema.ts';
import type { Source } from './source.ts';
import type { Stage } from './stage.ts';
import { mistake } from './validate.ts';

/** An event, and its place in the file's list. */
export interface PlacedEvent {
  readonly event: ScenarioEvent;
  readonly index: number;
}

/**
 * Check the changes at run time, one after the other as they happen: what one may do depends on those before it.
 * @param stage as the scenario begins; in the end it has all VMs, also those that events create
 * @returns in the order in which they happen
 */
export function resolveEvents(
  inputs: readonly EventInput[],
  stage: Stage,
  mostVcpus: number,
  source: Source,
): readonly PlacedEvent[] {
  const inTime = inputs.map((input, index) => ({ input, index })).sort((a, b) => a.input.at - b.input.at);
  const expected = new Map(
    inputs.flatMap(({ create, at }) => (create === undefined ? [] : [[create.name, at]])),
  );
  return inTime.flatMap(({ input, index }) => {
    const { at: atNs } = input;
    const { durationNs, scheduler } = stage;
    if (durationNs !== null && atNs >= durationNs) {
      throw mistake(source.locate(['events', index, 'at']), 'the event would come after the end of the run', {
        expected: `a time before the duration of ${formatDuration(durationNs)}`,
        got: formatDuration(atNs),
      });
    }
    const { command, source: ofEvent } = commandOf(input, index, scheduler.type, source);
    const { create, events } = resolveCommand(command, { stage, atNs, source: ofEvent, expected, mostVcpus });
    if (create !== null) stage.add(create);
    for (const event of events) stage.take(event);
    return events.map((event) => ({ event, index }));
  });
}
