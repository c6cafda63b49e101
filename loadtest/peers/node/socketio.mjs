import { Server } from 'socket.io';
import { serve } from './publish.mjs';

serve((server) => {
    const watchers = new Server(server, { serveClient: false });
    return (body) => watchers.emit('board', JSON.parse(body));
});
