/** What a lab says to those who do it, beside its title and description. */
import { text } from './leaf.ts';

export interface LabTexts {
  /** what it asks */
  readonly question?: string;
  /** what to write down before the run */
  readonly predict?: string;
  /** what to look at in the results */
  readonly look?: string;
  /** why the results are as they are, for after the run */
  readonly explanation?: string;
}

const MAX_LENGTH = 4096;

/** Keys of scenario files and of lab files. */
export const labTextFields = {
  question: text(
    'question',
    'What the lab asks; shown in the list and before the run.',
    400,
    true,
  ).optional(),
  predict: text('predict', 'What to predict before the run.', MAX_LENGTH, true).optional(),
  look: text('look', 'What to look at in the results.', MAX_LENGTH, true).optional(),
  explanation: text(
    'explanation',
    'Why the results are as they are; shown after the run.',
    MAX_LENGTH,
    true,
  ).optional(),
};

type WrittenTexts = { readonly [Key in keyof LabTexts]?: string | undefined };

/** The texts that a file has, without the line breaks at their ends. */
export function labTexts({ question, predict, look, explanation }: WrittenTexts): LabTexts {
  return {
    ...(question === undefined ? {} : { question: question.trimEnd() }),
    ...(predict === undefined ? {} : { predict: predict.trimEnd() }),
    ...(look === undefined ? {} : { look: look.trimEnd() }),
    ...(explanation === undefined ? {} : { explanation: explanation.trimEnd() }),
  };
}
