#!/usr/bin/env node
import { endWithNpm } from './end-with-npm.js';
import { runEmulatorCli } from './run.js';

// A reader that closes the pipe early (`| head`) must not cause a stack trace.
process.stdout.on('error', () => process.exit(0));
endWithNpm(process);
void runEmulatorCli(process);
