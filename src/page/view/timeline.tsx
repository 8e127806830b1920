/** What the pCPUs do, as it happens; it can be held, scrolled back and looked into. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { lengthText } from '../../report/html/viewer/units.js';
import type { HostState } from '../../control/state.ts';
import { TimelinePicture } from '../canvas/timeline-picture.ts';
import type { Look } from '../canvas/strip.ts';
import type { Model } from '../model/model.ts';
import type { Slice } from '../model/slices.ts';
import type { Page } from './page.ts';

const SPANS_NS = [50e6, 100e6, 200e6, 500e6, 1e9, 2e9, 5e9, 10e9] as const;
const USUAL_SPAN = 5;
/** How often the picture moves for who wants no motion. */
const STILL_NS = 500e6;

export function Timeline({ page, state }: { readonly page: Page; readonly state: HostState }) {
  const { model, preferences, isHeld } = page;
  const canvas = useRef<HTMLCanvasElement>(null);
  /** at the right edge while it is held */
  const toNs = useRef(0);
  const span = useSignal(USUAL_SPAN);
  const looked = useSignal<Slice | null>(null);
  const scrolled = useSignal(0);

  // Before the page is shown: else all below would jump when the picture finds its height.
  useLayoutEffect(() => {
    if (canvas.current === null) return;
    const picture = new TimelinePicture(canvas.current);
    let frame = 0;
    let looks = -1;
    let lanes = -1;
    let { slices } = model;
    let drawn = '';
    const observer = new ResizeObserver(() => {
      looks = -1;
    });
    observer.observe(canvas.current);
    const fit = (pcpuCount: number): void => {
      if (looks === preferences.looks.peek() && lanes === pcpuCount) return;
      looks = preferences.looks.peek();
      lanes = pcpuCount;
      picture.fit(lanes, preferences.rem);
      drawn = '';
    };
    fit(model.state.peek()?.pcpus.length ?? 1);
    const draw = (nowMs: number): void => {
      frame = requestAnimationFrame(draw);
      const current = model.state.peek();
      if (current === null) return;
      fit(current.pcpus.length);
      if (slices !== model.slices) {
        slices = model.slices;
        picture.forget();
      }
      const headNs = model.head.at(nowMs);
      if (!isHeld.peek())
        toNs.current = preferences.reducesMotion.matches ? Math.floor(headNs / STILL_NS) * STILL_NS : headNs;
      const spanNs = SPANS_NS[span.peek()];
      const { current: atNs } = toNs;
      const look = looked.peek();
      const key = [
        atNs,
        spanNs,
        look?.pcpu,
        look?.fromNs,
        current.nowNs,
        model.changes.peek().length,
        isHeld.peek() ? 0 : slices.untilNs,
      ].join('/');
      // While it is held, or the host is silent, there is nothing new to draw.
      if (key === drawn) return;
      drawn = key;
      picture.draw(
        {
          state: current,
          slices,
          toNs: atNs,
          spanNs,
          looked: look,
          changes: model.changes.peek(),
          lookOf: (vcpu) => lookOf(model, vcpu),
        },
        preferences.palette,
      );
      if (canvas.current !== null) {
        canvas.current.dataset.toNs = String(Math.round(atNs));
        canvas.current.dataset.spanNs = String(spanNs);
        canvas.current.dataset.gutter = String(picture.gutter);
      }
    };
    frame = requestAnimationFrame(draw);
    pictures.set(canvas.current, picture);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
    };
  }, []);

  useSignalEffect(() => {
    if (!isHeld.value) looked.value = null;
    else scrolled.value = toNs.current;
  });

  const moveTo = (ns: number): void => {
    const spanNs = SPANS_NS[span.value];
    // What is known may be less than the window.
    const first = Math.min(model.slices.startNs + spanNs / 4, model.slices.untilNs);
    isHeld.value = true;
    toNs.current = Math.min(Math.max(ns, first), model.slices.untilNs);
    scrolled.value = toNs.current;
  };
  const zoom = (by: 1 | -1): void => {
    span.value = Math.min(SPANS_NS.length - 1, Math.max(0, span.value + by));
  };
  const pointed = (event: PointerEvent): Slice | null => {
    const element = event.currentTarget as HTMLCanvasElement;
    const box = element.getBoundingClientRect();
    const at = pictures
      .get(element)
      ?.pointAt(event.clientX - box.x, event.clientY - box.y, toNs.current, SPANS_NS[span.value]);
    return at === null || at === undefined ? null : model.slices.at(at.pcpu, at.ns);
  };
  /** The slice beside the one that is looked at; the latest one in view when none is. */
  const step = (pcpuBy: number, by: -1 | 0 | 1): void => {
    const spanNs = SPANS_NS[span.value];
    isHeld.value = true;
    const old = looked.value;
    const pcpu = Math.min(Math.max((old?.pcpu ?? 0) + pcpuBy, 0), state.pcpus.length - 1);
    const inside = toNs.current - spanNs / 20;
    let ns = inside;
    if (old !== null && by === 0) ns = Math.max(old.fromNs, toNs.current - spanNs);
    else if (old !== null && by > 0) ns = old.toNs ?? inside;
    else if (old !== null) ns = old.fromNs - 1;
    const next = model.slices.at(pcpu, ns);
    if (next === null) return;
    looked.value = next;
    if (next.fromNs < toNs.current - spanNs) moveTo(next.fromNs + spanNs * 0.8);
    else if ((next.toNs ?? 0) > toNs.current) moveTo((next.toNs ?? 0) + spanNs * 0.2);
  };
  const onKey = (event: KeyboardEvent): void => {
    const spanNs = SPANS_NS[span.value];
    const actions: Readonly<Record<string, (() => void) | undefined>> = {
      ArrowLeft: () => {
        step(0, -1);
      },
      ArrowRight: () => {
        step(0, 1);
      },
      ArrowUp: () => {
        step(-1, 0);
      },
      ArrowDown: () => {
        step(1, 0);
      },
      PageUp: () => {
        moveTo(toNs.current - spanNs / 2);
      },
      PageDown: () => {
        moveTo(toNs.current + spanNs / 2);
      },
      Home: () => {
        moveTo(0);
      },
      End: () => {
        isHeld.value = false;
      },
      '+': () => {
        zoom(-1);
      },
      '-': () => {
        zoom(1);
      },
    };
    const act = actions[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };
  const drag = useRef<{ x: number; toNs: number } | null>(null);
  return (
    <section class="card timeline" aria-labelledby="timeline-title">
      <div class="section-head">
        <h2 id="timeline-title">What runs where</h2>
        <p class="looked" aria-live={isHeld.value ? 'polite' : 'off'} id="looked">
          {looked.value === null ? (
            <span class="quiet">the last {lengthText(SPANS_NS[span.value]).replace(/\.?0+ /, ' ')}</span>
          ) : (
            sliceText(looked.value, model, state)
          )}
        </p>
        <div class="tools" role="toolbar" aria-label="timeline">
          <button
            type="button"
            class="icon"
            aria-label="less time in view"
            disabled={span.value === 0}
            onClick={() => {
              zoom(-1);
            }}
          >
            +
          </button>
          <button
            type="button"
            class="icon"
            aria-label="more time in view"
            disabled={span.value === SPANS_NS.length - 1}
            onClick={() => {
              zoom(1);
            }}
          >
            −
          </button>
          <button
            type="button"
            id="hold"
            aria-pressed={isHeld.value}
            aria-keyshortcuts="Space"
            onClick={() => {
              isHeld.value = !isHeld.value;
            }}
          >
            {isHeld.value ? 'Go on' : 'Hold'}
          </button>
        </div>
      </div>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-label="timeline of the pCPUs: arrow keys go from slice to slice"
        aria-describedby="looked"
        onKeyDown={onKey}
        onPointerMove={(event) => {
          if (drag.current === null) {
            looked.value = pointed(event);
            return;
          }
          const width = event.currentTarget.clientWidth;
          moveTo(drag.current.toNs - ((event.clientX - drag.current.x) / width) * SPANS_NS[span.value]);
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, toNs: toNs.current };
        }}
        onPointerUp={() => {
          drag.current = null;
        }}
        onPointerCancel={() => {
          drag.current = null;
        }}
        onPointerLeave={() => {
          if (!isHeld.value) looked.value = null;
        }}
        onWheel={(event) => {
          if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
            event.preventDefault();
            const by = event.deltaX === 0 ? event.deltaY : event.deltaX;
            moveTo(toNs.current + (by / event.currentTarget.clientWidth) * SPANS_NS[span.value]);
          }
        }}
      />
      {isHeld.value && (
        <input
          class="scroll-back"
          type="range"
          aria-label="scroll back"
          min={Math.floor(model.slices.startNs / 1e6)}
          max={Math.ceil(model.slices.untilNs / 1e6)}
          value={scrolled.value / 1e6}
          aria-valuetext={`${(scrolled.value / 1e9).toFixed(1)} s`}
          onInput={(event) => {
            moveTo(Number(event.currentTarget.value) * 1e6);
          }}
        />
      )}
    </section>
  );
}

const pictures = new WeakMap<HTMLCanvasElement, TimelinePicture>();

function lookOf(model: Model, vcpu: number): Look | undefined {
  const known = model.vcpus.get(vcpu);
  return known === undefined ? undefined : { name: known.name, vm: known.color, index: known.index };
}

/** `A/v0 on CPU 1: 30.00 ms, from 12.345678 s; came because …; left because …` */
function sliceText(
  { pcpu, vcpu, fromNs, toNs, began, ended }: Slice,
  model: Model,
  state: HostState,
): string {
  const { reasons } = state.terms;
  const who = vcpu < 0 ? 'idle' : (model.vcpus.get(vcpu)?.id ?? 'a VM that is gone');
  const length = toNs === null ? 'still on' : lengthText(toNs - fromNs);
  const from = `from ${(fromNs / 1e9).toFixed(4)} s`;
  const came = reasons.find(({ key }) => key === began)?.began;
  const left = reasons.find(({ key }) => key === ended)?.ended;
  return [
    `${who} on CPU ${String(state.pcpus[pcpu]?.cpu ?? pcpu)}: ${length}`,
    from,
    ...(came === undefined ? [] : [`came because ${came}`]),
    ...(left === undefined ? [] : [`left because ${left}`]),
  ].join(' · ');
}
