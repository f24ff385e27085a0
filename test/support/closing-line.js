/** Ends a run with one line that people and scripts can read: `N passed, N failed`. */
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
    // Kept from now: with --bail, Jest mutes the stream before it exits.
    const write = process.stdout.write.bind(process.stdout);
    process.on('exit', () => write(line));
  }
}
