import { parseArgs } from 'node:util';
import { type Logger, pino } from 'pino';
import { type Bus, demoFolder, openBus } from './bus.ts';
import { terminal, UsageError } from './cli/output.ts';
import { type Config, environment, unknownSettings } from './config.ts';

export const serveHelp = `kruispunt serve [--port N]

Starts the bus: SOAP endpoints, contracts (?wsdl), /health/live, /health/ready, /metrics. Settings: see the README.

  --port N   port to listen on, 0 for a free one (KRUISPUNT_PORT)
`;

/** `kruispunt serve`: until it is told to stop (SIGINT, SIGTERM), then finishes what is under way. */
export async function serve(argv: readonly string[], config: Config): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { port: { type: 'string' } } });
  if (values.port !== undefined && !/^\d{1,5}$/.test(values.port)) throw new UsageError(serveHelp);
  const settled = { ...config, port: values.port === undefined ? config.port : Number(values.port) };
  const log = pino({ level: settled.logLevel });
  for (const name of unknownSettings(environment))
    log.warn({ setting: name }, 'no such setting; it does nothing');
  const bus = await openBus(settled, log, true);
  announce(bus, settled, log);
  await stopped();
  log.info('stopping');
  await bus.close();
  return 0;
}

function announce(bus: Bus, config: Config, log: Logger): void {
  log.info({ url: bus.url, demo: bus.demo }, 'listening');
  if (!bus.demo) return;
  const port = new URL(bus.url).port;
  const url = port === '8080' ? '' : ` --url ${bus.url}`;
  terminal.print(
    [
      '',
      `Kruispunt listens at ${bus.url}, with the demo world in ${demoFolder(config)}.`,
      'Demo keys lie there unencrypted: never use it for production.',
      '',
      'A first signed question, in another terminal:',
      '',
      `  npx kruispunt call GeefPersoon${url}`,
      '',
    ].join('\n'),
  );
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
