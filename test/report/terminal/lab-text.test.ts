import assert from 'node:assert/strict';
import {
  labExplanation,
  labIntroduction,
  textWidth,
  wrapItem,
  wrapText,
} from '../../../src/report/terminal/lab-text.ts';
import { createStyle, plainStyle } from '../../../src/report/terminal/style.ts';

describe('the texts of a lab', () => {
  it('fold at the width, a line of the file being a paragraph', () => {
    assert.equal(wrapText('one two three four\nfive six\n', 9), 'one two\nthree\nfour\n\nfive six');
  });

  it('keep tables as they are, lines that begin with a space', () => {
    const text = 'Look at this:\n\n  a   b\n  1   2\n\nand go on';
    assert.equal(wrapText(text, 8), 'Look at\nthis:\n\n  a   b\n  1   2\n\nand go\non');
  });

  it('of a list fold with a hanging indent, and keep numbers with their units', () => {
    assert.equal(wrapItem('it took 8.2 ms more', 12), 'it took\n  8.2 ms\n  more');
    assert.equal(wrapItem('one two, p = 0.01', 14, '- '), '- one two,\n  p = 0.01');
  });

  it('keep a word that is wider than the line', () => {
    assert.equal(wrapText('a --vm=A:workload=matmul b', 8), 'a\n--vm=A:workload=matmul\nb');
  });

  it('are as wide as the terminal, or 80 columns, within what can be read', () => {
    assert.deepEqual(
      [{}, { columns: 60 }, { columns: 5 }, { columns: 300 }].map(textWidth),
      [80, 60, 40, 100],
    );
  });

  it('ask, and say what to predict and to look at, before the run', () => {
    const texts = { question: 'Why?', predict: 'A lot', look: 'There', explanation: 'So' };
    assert.equal(
      labIntroduction(texts, 80, plainStyle),
      'Question\n  Why?\n\nPredict\n  A lot\n\nLook at\n  There',
    );
    assert.equal(labExplanation(texts, 80, plainStyle), 'Explanation\n  So');
  });

  it('are left out where a lab has none', () => {
    assert.equal(labIntroduction({ look: 'There' }, 80, plainStyle), 'Look at\n  There');
    assert.equal(labExplanation({ look: 'There' }, 80, plainStyle), '');
    assert.equal(labIntroduction({}, 80, plainStyle), '');
  });

  it('are plain ASCII where the locale is not UTF-8', () => {
    const style = createStyle({ color: false, unicode: false });
    assert.equal(labExplanation({ explanation: '5 µs … 3 × 2' }, 80, style), 'Explanation\n  5 us ... 3 x 2');
  });
});
