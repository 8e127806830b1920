import type { LabTexts } from '../../scenario/lab-texts.ts';
import { blocksOf } from '../text-layout.ts';
import { given, html, NOTHING, type Html } from './html.ts';

export function predictSection({ predict }: LabTexts): Html {
  if (predict === undefined) return NOTHING;
  return html`<section aria-labelledby="predict">
    <h2 id="predict">What to predict</h2>
    ${paragraphs(predict)}
  </section>`;
}

export function lookSection({ look, explanation }: LabTexts): Html {
  if (look === undefined && explanation === undefined) return NOTHING;
  return html`<section aria-labelledby="explanation">
    <h2 id="explanation">What to see, and why</h2>
    ${given(look, paragraphs)} ${given(explanation, paragraphs)}
  </section>`;
}

function paragraphs(text: string): Html {
  const blocks = blocksOf(text).map(({ isTable, text: block }) =>
    isTable ? html`<pre>${block}</pre>` : html`<p>${block}</p>`,
  );
  return html`${blocks}`;
}
