/** The load generator: a process of its own. Signs its questions first, then sends them, and looks at every answer. */
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { createTrust } from '../src/wss/trust.ts';
import { verifyReply } from '../src/wss/verify.ts';
import { readEnvelope } from '../src/xml/envelope.ts';
import { parseTree } from '../src/xml/tree.ts';
import { type Question, signQuestions } from '../test/support/signed-questions.ts';
import { serveParent } from './child.ts';
import { cpuMicros } from './cpu.ts';
import { type LoadJob, type LoadResult, loadJob } from './load-job.ts';
import { quantile } from './numbers.ts';
import { HIDDEN } from './persons.ts';

/** One answer in so many is kept, and its signature verified when the clock no longer runs. */
const SAMPLE = 50;
const PATH = '/GeefPersoonDienst-02.02/soap/WebService';
const HEADERS = { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' };
const SOCKETS = 256;

type Send = (question: Question) => Promise<Buffer>;
type Seen = { readonly latencies: number[]; readonly kept: Buffer[]; answerBytes: number };

function sender(pool: Pool): Send {
  return async ({ bytes, reference }) => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: PATH,
      headers: HEADERS,
      body: bytes,
    });
    const answer = Buffer.from(await body.arrayBuffer());
    const right =
      statusCode === 200 &&
      answer.includes('<Inhoud') &&
      answer.includes(`>${reference}</Referte>`) &&
      !answer.includes(`<${HIDDEN}`);
    if (!right) throw new Error(`HTTP ${statusCode}: ${answer.subarray(0, 3000).toString()}`);
    return answer;
  };
}

async function ask(send: Send, question: Question, due: number, seen: Seen): Promise<void> {
  const answer = await send(question);
  seen.latencies.push(performance.now() - due);
  seen.answerBytes = answer.length;
  if (seen.latencies.length % SAMPLE === 1) seen.kept.push(answer);
}

async function closedLoop(send: Send, questions: readonly Question[], concurrency: number, seen: Seen) {
  let next = 0;
  const one = async () => {
    for (let question = questions[next++]; question; question = questions[next++]) {
      await ask(send, question, performance.now(), seen);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
}

/** Sends each question when it is due, answered or not: a slow answer holds up nothing, and is counted as it is felt. */
async function openLoop(send: Send, questions: readonly Question[], rate: number, seen: Seen) {
  const began = performance.now();
  const due = (index: number) => began + (index * 1000) / rate;
  const underWay: Promise<void>[] = [];
  while (underWay.length < questions.length) {
    const question = questions[underWay.length];
    const moment = due(underWay.length);
    if (question && moment <= performance.now()) underWay.push(ask(send, question, moment, seen));
    else await wait(1);
  }
  await Promise.all(underWay);
}

async function run(job: LoadJob): Promise<LoadResult> {
  const pool = new Pool(job.url, {
    connections: 'rate' in job.load ? SOCKETS : job.load.concurrency,
    keepAliveTimeout: 60_000,
  });
  const questions = await signQuestions(job.asker, job.insz, job.count);
  const seen: Seen = { latencies: [], kept: [], answerBytes: 0 };
  const cpuBefore = cpuMicros(job.pid);
  const began = performance.now();
  if ('rate' in job.load) await openLoop(sender(pool), questions, job.load.rate, seen);
  else await closedLoop(sender(pool), questions, job.load.concurrency, seen);
  const elapsed = performance.now() - began;
  const cpu = cpuMicros(job.pid) - cpuBefore;
  await pool.close();
  return {
    rate: (job.count * 1000) / elapsed,
    cpuMicros: cpu / job.count,
    p50: quantile(seen.latencies, 0.5),
    p99: quantile(seen.latencies, 0.99),
    worst: quantile(seen.latencies, 1),
    questionBytes: questions[0]?.bytes.length ?? 0,
    answerBytes: seen.answerBytes,
    verified: verify(seen.kept, job.authority),
  };
}

function verify(answers: readonly Buffer[], authority: string): number {
  const trust = createTrust({ authorities: [authority] });
  for (const answer of answers) {
    const tree = parseTree(answer);
    try {
      verifyReply(readEnvelope(tree.root), { trust, at: new Date() });
    } finally {
      tree.dispose();
    }
  }
  return answers.length;
}

serveParent(async (message) => run(loadJob.parse(message)));
