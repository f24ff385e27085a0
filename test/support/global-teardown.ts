/** Jest calls it once, in its own process, after the last test file. Jest wants a default export. */
export default async function stopServers(): Promise<void> {
  await globalThis.mayflyTestServers?.stop();
}
