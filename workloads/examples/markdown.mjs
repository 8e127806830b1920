// A program of npm as a workload: the Markdown compiler marked renders one of four documents per step.
import { marked } from 'marked';

const WORDS = ['credit', '*weight*', '**cap**', '`slice`', '[queue](#queue)', 'of', 'the'];

export default {
  name: 'markdown',
  description: 'renders a document of size paragraphs with marked',
  defaultSize: 100,
  prepare(seed, size) {
    let x = seed >>> 0;
    const word = () => WORDS[(x = (Math.imul(x, 1664525) + 1013904223) >>> 0) % WORDS.length];
    const paragraph = (_, i) => `## Part ${i}\n\n- ${Array.from({ length: 30 }, word).join(' ')}`;
    const texts = Array.from({ length: 4 }, () => Array.from({ length: size }, paragraph).join('\n\n'));
    return { texts, steps: 0, digest: 0 };
  },
  step(state) {
    const html = marked.parse(state.texts[state.steps++ % state.texts.length]);
    for (let i = 0; i < html.length; i++)
      state.digest = (Math.imul(state.digest, 31) + html.charCodeAt(i)) | 0;
  },
  checksum: (state) => state.digest,
};
