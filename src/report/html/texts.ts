import type { LabTexts } from '../../scenario/lab-texts.ts';
import { html, NOTHING, type Html } from './html.ts';

/** Hidden at first: whoever reads it has had the chance to think. */
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
    ${look === undefined ? NOTHING : paragraphs(look)}
    ${explanation === undefined ? NOTHING : paragraphs(explanation)}
  </section>`;
}

/** Blank lines part paragraphs; other line breaks are where the file was wrapped. */
export function paragraphs(text: string): Html {
  return html`${text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => html`<p>${paragraph}</p>`)}`;
}
