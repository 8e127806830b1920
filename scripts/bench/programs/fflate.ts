import { deflateSync, inflateSync } from 'fflate';
import { fold } from '../../../workloads/digest.ts';
import { cyclic } from '../../../workloads/cyclic.ts';
import { prepareText } from '../../../workloads/zlib.ts';
import { wordOfBytes } from '../result-word.ts';

const TEXTS = 4;

/** Compression in JavaScript. A step deflates a text and inflates it again. */
export default cyclic({
  name: 'fflate',
  description: 'compression by fflate: deflate and inflate size KiB of text',
  defaultSize: 64,
  sizes: { min: 1, max: 1024 },
  period: () => TEXTS,
  prepare: (seed, size) => Array.from({ length: TEXTS }, (_, i) => prepareText(seed + i, size * 1024)),
  unit(texts, index) {
    const packed = deflateSync(texts[index]);
    return fold(wordOfBytes(packed), wordOfBytes(inflateSync(packed)));
  },
});
