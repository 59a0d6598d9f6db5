import { request } from 'node:http';

/** Whether a Docker engine answers on a socket (Engine API `GET /_ping`), within five seconds: builds may keep it busy. */
export function ping(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => {
      resolve(false);
    });
    asked.on('timeout', () => asked.destroy());
    asked.end();
  });
}
