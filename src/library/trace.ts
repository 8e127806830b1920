/**
 * Traces: recording, reading and writing them, what follows from them, and pictures.
 *
 * @module creditlab/trace
 */
export { readTraces } from '../trace/file-reader.ts';
export { TraceFileWriter } from '../trace/file-writer.ts';
export { traceHeader } from '../trace/trace.ts';
export { TraceRecorder } from '../trace/recorder.ts';
export { TraceStore } from '../trace/store.ts';
export type { RecordTaker, TraceEnd, TraceTaker } from '../trace/store.ts';
export { Column, COLUMNS, Kind, Left, OWN_KINDS, WIDTH } from '../trace/record.ts';
export type { RecordPlace, RecordSink } from '../trace/record.ts';
export { vocabularyOf } from '../trace/vocabulary.ts';
export type { Field, RecordShape, Telling, Vocabulary } from '../trace/vocabulary.ts';
export { Choice, Reason } from '../core/reason.ts';
export type { ChoiceKind, PolicyTerms, Reading, ReasonKind, RecordKind } from '../core/policy-terms.ts';
export type { Growth, LostRecords, Trace, TraceHeader, TraceVcpu } from '../trace/trace.ts';
export { endOf, slicesOf, staysOf } from '../trace/timeline.ts';
export type { Slice, Stay } from '../trace/timeline.ts';
export { spellsOf } from '../trace/spells.ts';
export type { RunState, Spell } from '../trace/spells.ts';
export { summarizeTrace } from '../trace/summary.ts';
export type { PcpuSummary, ReasonCounts, TraceSummary, VmSummary } from '../trace/summary.ts';
export { runStatesOf } from '../trace/run-states.ts';
export type { StateTotals, VcpuStates } from '../trace/run-states.ts';
export { intentToFact } from '../trace/latency.ts';
export type { IntentToFact, LatencyBucket } from '../trace/latency.ts';
export { explain } from '../trace/words/why.ts';
export type { Explanation } from '../trace/words/why.ts';
export type { ExplanationPart } from '../trace/words/policy-words.ts';
export type { Window } from '../trace/window.ts';
export { perfettoOf } from '../trace/export/perfetto/perfetto.ts';
export { chromeOf } from '../trace/export/chrome.ts';
export { htmlReport } from '../report/html/report.ts';
export type { HtmlInput, HtmlRow } from '../report/html/input.ts';
