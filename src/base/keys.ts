/** An object without some of its keys. */
export function without<T extends object, Key extends string>(
  object: T,
  ...keys: readonly Key[]
): Omit<T, Key> {
  const left = Object.entries(object).filter(([key]) => !(keys as readonly string[]).includes(key));
  return Object.fromEntries(left) as Omit<T, Key>;
}
