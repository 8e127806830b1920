import assert from 'node:assert/strict';
import { textWidth, wrapItem, wrapText } from '../../src/report/text-layout.ts';

describe('text in lines', () => {
  it('folds at the width, a line of the file being a paragraph', () => {
    assert.equal(wrapText('one two three four\nfive six\n', 9), 'one two\nthree\nfour\n\nfive six');
  });

  it('keeps tables as they are, lines that begin with a space', () => {
    const text = 'Look at this:\n\n  a   b\n  1   2\n\nand go on';
    assert.equal(wrapText(text, 8), 'Look at\nthis:\n\n  a   b\n  1   2\n\nand go\non');
  });

  it('of a list folds with a hanging indent, and keeps numbers with their units', () => {
    assert.equal(wrapItem('it took 8.2 ms more', 12), 'it took\n  8.2 ms\n  more');
    assert.equal(wrapItem('one two, p = 0.01', 14, '- '), '- one two,\n  p = 0.01');
  });

  it('keeps a word that is wider than the line', () => {
    assert.equal(wrapText('a --vm=A:workload=matmul b', 8), 'a\n--vm=A:workload=matmul\nb');
  });

  it('is as wide as the terminal, or 80 columns, within what can be read', () => {
    assert.deepEqual(
      [{}, { columns: 60 }, { columns: 5 }, { columns: 300 }].map(textWidth),
      [80, 60, 40, 100],
    );
  });
});
