#!/usr/bin/env node
import { FailedError, terminal, UsageError } from './cli/output.ts';
import { ConfigurationError, environment, readConfig } from './config.ts';
import { Unreadable } from './exchange/subject-keys.ts';
import { StartError } from './start-error.ts';
import { help, verbs } from './verbs.ts';

const BAD_CONFIGURATION = 78;

/** argv → configuration → one verb. 0 done, 1 refused or failed, 2 wrong use, 78 bad configuration. */
async function main([name = '', ...argv]: readonly string[]): Promise<number> {
  const verb = verbs.get(name);
  if (!verb) {
    const asked = name === '' || name === '--help' || name === 'help';
    (asked ? terminal.print : terminal.warn)(asked ? help() : `kruispunt: no verb ${name}\n\n${help()}`);
    return asked ? 0 : 2;
  }
  try {
    const { help: text, run } = await verb.load();
    if (!argv.includes('--help')) return await run(argv, readConfig(environment));
    terminal.print(text);
    return 0;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof ConfigurationError) {
    for (const mistake of error.mistakes) terminal.warn(`kruispunt: ${mistake}`);
    return BAD_CONFIGURATION;
  }
  if (error instanceof UsageError || isArgumentError(error)) {
    terminal.warn(error.message);
    return 2;
  }
  const known = error instanceof StartError || error instanceof FailedError || error instanceof Unreadable;
  const text = error instanceof Error ? ((known ? null : error.stack) ?? error.message) : String(error);
  terminal.warn(`kruispunt: ${text}`);
  return 1;
}

/** What node's own argument parser throws. */
const isArgumentError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

process.exitCode = await main(process.argv.slice(2));
