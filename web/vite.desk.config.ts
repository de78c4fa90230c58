// The desk of the agents. It is built after the widget, into a folder of its own.
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  root: "desk",
  base: "/desk/",
  plugins: [vue()],
  build: {
    outDir: "../dist/desk",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // Inline data would need a hole in the page's content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
});
