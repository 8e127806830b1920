import { Ajv } from 'ajv';
import { cyclic } from '../../../workloads/cyclic.ts';
import { Random } from '../../../workloads/random.ts';
import { wordOfText } from '../result-word.ts';

const BATCHES = 4;
const SCHEMA = {
  type: 'object',
  required: ['id', 'name', 'tags', 'lines'],
  additionalProperties: false,
  properties: {
    id: { type: 'integer', minimum: 0 },
    name: { type: 'string', pattern: '^[a-z]+ \\d+$', maxLength: 40 },
    tags: { type: 'array', uniqueItems: true, items: { enum: ['red', 'green', 'blue'] } },
    lines: {
      type: 'array',
      minItems: 1,
      items: {
        oneOf: [
          {
            type: 'object',
            required: ['price'],
            properties: { price: { type: 'number', exclusiveMinimum: 0 } },
          },
          { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 3 } } },
        ],
      },
    },
  },
};

/**
 * The JSON validator Ajv. A step reads a batch of documents as JSON and validates each; some are wrong, and what is
 * wrong with them goes into the result.
 */
export default cyclic({
  name: 'ajv',
  description: 'the JSON validator Ajv: parses and validates a batch of size documents',
  defaultSize: 1500,
  sizes: { min: 1, max: 10_000 },
  period: () => BATCHES,
  prepare(seed, size) {
    const random = new Random(seed);
    const batches = Array.from({ length: BATCHES }, () => JSON.stringify(documents(random, size)));
    return { validate: new Ajv({ allErrors: true }).compile(SCHEMA), batches };
  },
  unit({ validate, batches }, index) {
    const lines = (JSON.parse(batches[index]) as unknown[]).map((document) =>
      validate(document)
        ? 'good'
        : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`).join(),
    );
    return wordOfText(lines.join('\n'));
  },
});

function documents(random: Random, count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({
    id: random.below(20) === 0 ? -i : i,
    name: random.below(20) === 0 ? 'No Name' : `item ${random.below(10_000)}`,
    tags: ['red', 'green', 'blue'].slice(random.below(3)),
    lines: Array.from({ length: 1 + random.below(8) }, () =>
      random.below(2) === 0 ? { price: random.below(100) } : { text: 'x'.repeat(random.below(30)) },
    ),
  }));
}
