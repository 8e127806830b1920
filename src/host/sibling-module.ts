/** URL of a module beside the caller's, for a thread to start from: compiled or not, as the caller is. */
export function siblingModule(name: string, callerUrl: string): string {
  const extension = callerUrl.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`./${name}${extension}`, callerUrl).href;
}
