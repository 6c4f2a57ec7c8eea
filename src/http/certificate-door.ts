import type { FastifyInstance } from 'fastify';

/** Offers the certificate to which questions may be encrypted, in PEM. @param certificate null: to none */
export function certificateDoor(server: FastifyInstance, certificate: string | null): void {
  server.get('/certificaten/versleuteling', (_request, reply) =>
    certificate === null
      ? reply.code(404).type('text/plain').send('nothing can be encrypted to this bus\n')
      : reply.type('application/x-pem-file').send(certificate),
  );
}
