/** Ends the run with one line that a script can read: "N passed, N failed". */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    // A file that could not be run at all counts as one failure: it has no tests to count.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    this.line = `${results.numPassedTests} passed, ${failed} failed`;
    process.on('exit', () => console.log(this.line));
  }
}
