import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/program.ts';
import { constrained } from './constrained.ts';

/** OpenSSL's verdict on every chain of `name-constraints.test.ts`. */

const folder = temporaryFolder();
const keep = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

for (const { what, holds, chain } of constrained)
  test(`OpenSSL ${holds ? 'relies on' : 'refuses'} a certificate under name constraints: ${what}`, () => {
    const [leaf = '', ...above] = chain.map(({ certificate }) => certificate);
    const root = keep('root.pem', above.pop() ?? '');
    const along = ['-untrusted', keep('middle.pem', above.join(''))];
    const args = ['verify', '-CAfile', root, ...along, keep('leaf.pem', leaf)];
    const verify = () => execFileSync('openssl', args, { stdio: 'pipe', encoding: 'utf8' });
    if (holds) assert.match(verify(), /OK/);
    else
      assert.throws(
        verify,
        /permitted subtree violation|excluded subtree violation|name constraint|unsupported/i,
      );
  });
