#!/usr/bin/env node
import { runEmulatorCli } from './run.js';

// A reader that goes away (`| head`) is no reason for a stack trace.
process.stdout.on('error', () => process.exit(0));
void runEmulatorCli(process);
