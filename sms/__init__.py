"""Text messages: questions in, answers and case news out."""
