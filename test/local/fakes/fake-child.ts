/**
 * A child for tests: starts a grandchild, says its number, and ends as its argument tells. What it says comes last: who
 * has read it may stop the child at once.
 */
import { spawn } from 'node:child_process';

const [how] = process.argv.slice(2);
const grandchild = spawn('sleep', ['600'], { stdio: 'ignore' });
const keepAlive = setInterval(() => undefined, 60_000);

process.on('disconnect', () => process.exit(0));
if (how === 'will not stop') process.on('SIGTERM', () => process.stdout.write('not now\n'));
if (how === 'stops') {
  process.on('SIGTERM', () => {
    process.stdout.write('stopped cleanly\n');
    clearInterval(keepAlive);
    process.exit(0);
  });
}

process.stderr.write('said to standard error\n');
process.stdout.write(`running ${grandchild.pid}\n`);
if (how === 'ends by itself') process.exit(3);
