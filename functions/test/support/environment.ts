// Sets the addresses of the emulator suite before any SDK reads them.
process.env.GCLOUD_PROJECT ??= 'demo-cloud-bridge';
process.env.FIRESTORE_EMULATOR_HOST ??= '127.0.0.1:8080';
process.env.FIREBASE_AUTH_EMULATOR_HOST ??= '127.0.0.1:9099';
process.env.CLOUD_TASKS_EMULATOR_HOST ??= '127.0.0.1:9499';
// Google Cloud's metadata server isn't available here.
process.env.METADATA_SERVER_DETECTION ??= 'none';
