// How the app is built: two pages, hashed names, nothing inline (the door's CSP forbids inline
// scripts, styles and data: URLs, UI-1). GEONET_APP_OUT says where to; ../build/app otherwise.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    outDir: process.env['GEONET_APP_OUT'] ?? '../build/app',
    emptyOutDir: true,
    target: 'es2022',
    assetsDir: 'a',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false,
    rollupOptions: {
      input: { index: 'index.html', node: 'node.html' },
      output: {
        entryFileNames: 'a/[name]-[hash].js',
        chunkFileNames: 'a/[name]-[hash].js',
        assetFileNames: 'a/[name]-[hash][extname]',
      },
    },
  },
  server: { port: 7790, strictPort: true, host: '127.0.0.1' },
});
