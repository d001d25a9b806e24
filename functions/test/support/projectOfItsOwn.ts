// Sweepers and audits go through everything in a project. Tests that run beside others have one for themselves, where
// only what they do themselves happens.
process.env.GCLOUD_PROJECT = 'demo-cloud-bridge-beside';
