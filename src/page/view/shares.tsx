import { useEffect, useRef } from 'preact/hooks';
import { effect } from '@preact/signals';
import { SharePicture } from '../canvas/share-picture.ts';
import type { VmState } from '../../control/state.ts';
import type { Page } from './page.ts';

/** Shares over the last minute. */
export function Shares({ page: { model, preferences } }: { readonly page: Page }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    const picture = new SharePicture(canvas.current);
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      const state = model.state.peek();
      if (state === null) return;
      const scene = {
        state,
        shares: model.shares,
        changes: model.changes.peek(),
        colorOf: (vm: VmState) => model.colorOf(vm),
      };
      picture.draw(scene, preferences.palette, preferences.rem);
    };
    const later = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    const stop = effect(() => {
      void model.sample.value;
      void model.state.value;
      void preferences.looks.value;
      later();
    });
    const observer = new ResizeObserver(later);
    observer.observe(canvas.current);
    return () => {
      stop();
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, []);
  return (
    <section class="card shares" aria-labelledby="shares-title">
      <div class="section-head">
        <h2 id="shares-title">Shares</h2>
        <p class="quiet">percent of one pCPU over the last second; dashed: entitled</p>
      </div>
      <canvas
        ref={canvas}
        role="img"
        aria-label="shares of the VMs over the last minute; the cards have the numbers"
      />
    </section>
  );
}
