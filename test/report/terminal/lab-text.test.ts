import assert from 'node:assert/strict';
import { labExplanation, labIntroduction } from '../../../src/report/terminal/lab-text.ts';
import { createStyle, plainStyle } from '../../../src/report/terminal/style.ts';

describe('the texts of a lab', () => {
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
