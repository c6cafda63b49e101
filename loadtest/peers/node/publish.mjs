// The publishing side of both servers: POST /publish with a frame as the body.
import { createServer } from 'node:http';

// serve listens on the address in the command line and passes each body to publish.
export function serve(setUp) {
    let publish;
    const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
            publish(Buffer.concat(parts));
            response.writeHead(204).end();
        });
    });
    publish = setUp(server);
    const [host, port] = process.argv[2].split(':');
    server.listen({ host, port: Number(port), backlog: 4096 });
}
