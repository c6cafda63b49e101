import { WebSocket, WebSocketServer } from 'ws';
import { serve } from './publish.mjs';

serve((server) => {
    const watchers = new WebSocketServer({ server });
    return (body) => {
        for (const watcher of watchers.clients) {
            if (watcher.readyState === WebSocket.OPEN) watcher.send(body, { binary: false });
        }
    };
});
