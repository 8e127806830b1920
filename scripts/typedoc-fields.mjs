// Gives the fields of inferred types in the library's reference the words that their schemas have for them.
import { register } from 'tsx/esm/api';
import { Comment, Converter, ReflectionKind } from 'typedoc';

/** @param app the TypeDoc application */
export async function load(app) {
  // All by one loader: a module that is loaded by two is there twice, each with words of its own.
  const unregister = register();
  const imported = (path) => import(path);
  const modules = await Promise.all(
    [
      '../src/analysis/schema.ts',
      '../src/cpus/host-cpus.ts',
      '../src/result/result.ts',
      '../src/result/vm-result.ts',
      '../src/result/verdict.ts',
      '../src/scenario/scenario.ts',
      '../src/workload/work.ts',
    ].map(imported),
  );
  const schemas = Object.assign({}, ...modules);
  const { wordsOf } = await imported('../src/base/schema.ts');
  await unregister();
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const reflection of context.project.getReflectionsByKind(ReflectionKind.Interface)) {
      const symbol = context.getSymbolFromReflection(reflection);
      // `type VmResult = Inferred<typeof vmSchema>`
      const name = symbol?.declarations?.[0]?.type?.typeArguments?.[0]?.exprName?.text;
      if (name === undefined) continue;
      if (!(name in schemas)) throw new Error(`the reference can't find the schema ${name}`);
      for (const field of reflection.children ?? []) {
        const words = wordsOf(schemas[name].shape[field.name]);
        if (words === null) continue;
        const text = words.note === undefined ? words.meaning : `${words.meaning}; ${words.note}`;
        field.comment = new Comment([{ kind: 'text', text }]);
        delete field.defaultValue;
      }
    }
  });
}
