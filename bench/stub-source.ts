/** A source as fast as can be: fixed valid answers, with the reference of the question put in. A process of its own. */
import { createServer } from 'node:http';
import { z } from 'zod';
import { serveParent } from './child.ts';
import { REFERENCE } from './source-answers.ts';

const start = z.object({ answers: z.record(z.string(), z.string()) });

function serve(answers: Readonly<Record<string, string>>): Promise<number> {
  const pieces = new Map(Object.entries(answers).map(([insz, text]) => [insz, text.split(REFERENCE)]));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const question = Buffer.concat(chunks).toString('utf8');
      const reference = /<Referte>([^<]+)</.exec(question)?.[1] ?? '';
      const answer = pieces.get(/<INSZ>([^<]+)</.exec(question)?.[1] ?? '');
      response.setHeader('content-type', 'text/xml; charset=utf-8');
      if (!answer) response.statusCode = 503;
      response.end(Buffer.from(answer?.join(reference) ?? ''));
    });
  });
  server.keepAliveTimeout = 65_000;
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

serveParent(async (message) => {
  const port = await serve(start.parse(message).answers);
  return { url: `http://127.0.0.1:${port}/` };
});
