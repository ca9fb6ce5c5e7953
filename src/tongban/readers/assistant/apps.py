from django.apps import AppConfig


class Assistant(AppConfig):
    name = "tongban.readers.assistant"
    label = "assistant"
